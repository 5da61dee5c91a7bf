import { setImmediate as turn } from 'node:timers/promises';
import { describeBus } from '../../tests/conformance/bus.ts';
import { systemClock } from '../host/clock.ts';
import { createTurn } from '../session/turn.ts';
import { createLocalBus } from './local.ts';

describeBus('one process', async () => {
  const bus = createLocalBus(createTurn(systemClock));
  return { here: bus, there: bus, settle: () => turn() };
});
