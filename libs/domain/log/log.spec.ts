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

  test('lifecycle', () => {
    lifecycle(logDecider, {
      golden: new URL('./log.lifecycle.txt', import.meta.url),
      commands: {
        found: { do: 'Found', founding },
        'introduce key 1': { do: 'IntroduceCheckpointKey', logKey: 'log+1' },
        'introduce key 2': { do: 'IntroduceCheckpointKey', logKey: 'log+2' },
      },
      variants: {
        'found another': { do: 'Found', founding: { ...founding, name: 'other' } },
      },
      shows: (state) =>
        state.is === 'founded' ? `founded as ${state.founding.name}, keys ${state.logKeys.join(' ')}` : state.is,
    });
  });
});
