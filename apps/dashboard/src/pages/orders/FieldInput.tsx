/** One field of a form: chosen from what the platform knows where it knows something, typed or pasted else. */
import { Autocomplete, Checkbox, FileInput, NativeSelect, TextInput, Textarea } from '@mantine/core';
import { words } from '../../words/words.ts';
import css from './AskPage.module.css';
import type { Field, FieldType } from './fields.ts';
import { serialsIn } from './serials.ts';

export interface Option {
  readonly value: string;
  readonly label: string;
}

interface FieldInputProps {
  readonly field: Field;
  readonly value: string;
  readonly fault: string | undefined;
  /** What there is to choose from. */
  readonly options: readonly Option[];
  readonly change: (value: string) => void;
}

const text = words.asking;
const CHOSEN: readonly FieldType[] = ['card', 'unit', 'station', 'oneOf', 'root', 'divergence', 'moment', 'instead'];
/** Whose first choice is to leave it empty. */
const MAY_BE_EMPTY: readonly FieldType[] = ['moment', 'instead'];
const SEVERAL: readonly FieldType[] = ['stations', 'roles', 'custodians'];
const SUGGESTED: readonly FieldType[] = ['serial', 'moduleClass', 'operator'];
const LONG: readonly FieldType[] = ['serials', 'credential', 'passkeyCredential', 'certificate', 'document'];

export function FieldInput(props: FieldInputProps) {
  const { field, value, fault, options, change } = props;
  const [label, help = ''] = text.fields[field.name] ?? [field.name];
  const common = { name: field.name, label, description: help === '' ? undefined : help, error: fault, value };
  if (CHOSEN.includes(field.type))
    return (
      <NativeSelect
        {...common}
        data={[
          ...(MAY_BE_EMPTY.includes(field.type) ? [] : [{ value: '', label: text.prefilled }]),
          ...withChosen(options, value),
        ]}
        onChange={({ currentTarget }) => change(currentTarget.value)}
      />
    );
  if (SEVERAL.includes(field.type) && options.length > 0) return <Several {...props} label={label} help={help} />;
  if (LONG.includes(field.type)) return <Long {...props} label={label} help={help} />;
  if (SUGGESTED.includes(field.type))
    return <Autocomplete {...common} data={options.map((one) => one.value)} limit={20} onChange={change} />;
  return (
    <TextInput
      {...common}
      autoComplete="off"
      spellCheck={false}
      inputMode={field.type === 'hours' || field.type === 'days' ? 'numeric' : 'text'}
      onChange={({ currentTarget }) => change(currentTarget.value)}
    />
  );
}

/** What the page came with stays chosen, also where the list ended before it. */
function withChosen(options: readonly Option[], value: string): readonly Option[] {
  const isThere = value === '' || options.some((one) => one.value === value);
  return isThere ? options : [...options, { value, label: value }];
}

interface Labelled extends FieldInputProps {
  readonly label: string;
  readonly help: string;
}

function Several({ field, value, fault, options, change, label, help }: Labelled) {
  return (
    <Checkbox.Group
      label={label}
      description={help === '' ? undefined : help}
      error={fault}
      value={value.split(' ').filter((one) => one !== '')}
      onChange={(chosen) => change(chosen.join(' '))}
    >
      <div className={css.several}>
        {options.map((one) => (
          <Checkbox key={one.value} name={field.name} value={one.value} label={one.label} />
        ))}
      </div>
    </Checkbox.Group>
  );
}

/** Pasted, or read from a file in this browser. */
function Long({ field, value, fault, options, change, label, help }: Labelled) {
  const isList = field.type === 'serials';
  const add = (serial: string): void => {
    if (serial !== '') change(value.trim() === '' ? serial : `${value.trimEnd()}\n${serial}`);
  };
  const { serials, wrong } = isList ? serialsIn(value) : { serials: [], wrong: null };
  return (
    <div className={css.long}>
      <Textarea
        name={field.name}
        label={label}
        description={help === '' ? undefined : help}
        error={fault}
        value={value}
        rows={isList ? 5 : 4}
        spellCheck={false}
        classNames={{ input: 'mono' }}
        onChange={({ currentTarget }) => change(currentTarget.value)}
      />
      {isList && wrong === null && <p className={css.small}>{text.counted(serials.length)}</p>}
      {isList && options.length > 0 && (
        <NativeSelect
          label={text.addSerial}
          description={text.addSerialHelp}
          value=""
          data={[{ value: '', label: text.prefilled }, ...options]}
          onChange={({ currentTarget }) => add(currentTarget.value)}
        />
      )}
      <FileInput
        label={isList ? text.csv : text.file}
        value={null}
        onChange={(file) => void file?.text().then(change)}
      />
    </div>
  );
}
