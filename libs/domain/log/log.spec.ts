import { describe, test } from '@jest/globals';
import { given } from '#test/kit/given.ts';
import { lifecycle } from '#test/kit/lifecycle.ts';
import { type DeploymentFounded, type Founding, logDecider } from './log.ts';

const founding: Founding = {
  name: 'demo',
  customer: 'bank',
  demo: true,
  manufacturerRoot: 'root',
  cardMakerRoot: 'maker',
  leaseKey: { crv: 'P-256', kty: 'EC', x: 'x', y: 'y' },
  trustListKey: { crv: 'P-256', kty: 'EC', x: 'x2', y: 'y2' },
  logKey: 'log+1',
  witnessPolicy: { quorum: 0, witnesses: [] },
  approverSet: '{}',
  operators: [],
};
const founded: DeploymentFounded = { type: 'DeploymentFounded', data: founding };

describe('the log', () => {
  test('is founded once', () => {
    given(logDecider).when({ do: 'Found', founding }).then(founded);
    given(logDecider, founded).when({ do: 'Found', founding }).nothing();
    given(logDecider, founded)
      .when({ do: 'Found', founding: { ...founding, customer: 'other' } })
      .refused('ALREADY_FOUNDED');
  });

  test('takes no quorum that its witnesses cannot reach', () => {
    const witnessPolicy = { quorum: 2, witnesses: ['w1'] };
    given(logDecider)
      .when({ do: 'Found', founding: { ...founding, witnessPolicy } })
      .refused('BAD_WITNESS_POLICY');
  });

  test('introduces a checkpoint key once, and only in a deployment', () => {
    const command = { do: 'IntroduceCheckpointKey', logKey: 'log+2' } as const;
    given(logDecider).when(command).refused('NOT_FOUNDED');
    given(logDecider, founded)
      .when(command)
      .then({ type: 'CheckpointKeyIntroduced', data: { logKey: 'log+2' } });
    given(logDecider, founded)
      .when({ ...command, logKey: 'log+1' })
      .nothing();
  });

  describe('a witness', () => {
    const policy = { quorum: 1, witnesses: ['w1+1+A', 'w2+2+B'] };
    const begun = { type: 'DeploymentFounded', data: { ...founding, witnessPolicy: policy } } as const;
    const comes = (witness: string, instead: string | null, order = 'O1') =>
      ({ do: 'AdmitWitness', witness, instead, order }) as const;

    test('is let in beside the others, or in the place of one of them, once by each order', () => {
      const data = { witness: 'w3+3+C', instead: 'w1', order: 'O1' };
      const event = { type: 'WitnessAdmitted', data } as const;
      given(logDecider, begun).when(comes('w3+3+C', 'w1')).then(event);
      given(logDecider, begun, event).when(comes('w3+3+C', 'w1')).nothing();
      given(logDecider, begun, event)
        .when(comes('w4+4+D', 'w1', 'O2'))
        .refused('WITNESS_UNKNOWN');
      given(logDecider, begun, event)
        .when(comes('w1+1+A', null, 'O2'))
        .then({ type: 'WitnessAdmitted', data: { witness: 'w1+1+A', instead: null, order: 'O2' } });
    });

    test('has a name of its own, unless it takes the place of the one who had it', () => {
      given(logDecider, begun).when(comes('w1+9+Z', null)).refused('WITNESS_KNOWN');
      given(logDecider, begun).when(comes('w1+9+Z', 'w2')).refused('WITNESS_KNOWN');
      given(logDecider, begun)
        .when(comes('w1+9+Z', 'w1'))
        .then({ type: 'WitnessAdmitted', data: { witness: 'w1+9+Z', instead: 'w1', order: 'O1' } });
    });

    test('comes only where there is a founding that asks for witnesses, and no more of them than can be kept', () => {
      given(logDecider).when(comes('w3+3+C', null)).refused('NOT_FOUNDED');
      given(logDecider, founded).when(comes('w3+3+C', null)).refused('WITNESSES_NOT_ASKED');
      const witnesses = Array.from({ length: 64 }, (_, at) => `v${at}+0+A`);
      const many = { ...begun, data: { ...begun.data, witnessPolicy: { quorum: 1, witnesses } } };
      given(logDecider, many).when(comes('w3+3+C', null)).refused('WITNESSES_TOO_MANY');
    });
  });

  test('lifecycle', () => {
    lifecycle(logDecider, {
      golden: new URL('./log.lifecycle.txt', import.meta.url),
      commands: {
        found: { do: 'Found', founding },
        'introduce key 1': { do: 'IntroduceCheckpointKey', logKey: 'log+1' },
        'introduce key 2': { do: 'IntroduceCheckpointKey', logKey: 'log+2' },
        'admit witness': { do: 'AdmitWitness', witness: 'w+1+A', instead: null, order: 'O' },
      },
      variants: {
        'found another': { do: 'Found', founding: { ...founding, name: 'other' } },
      },
      shows: (state) =>
        state.is === 'founded' ? `founded as ${state.founding.name}, keys ${state.logKeys.join(' ')}` : state.is,
    });
  });
});
