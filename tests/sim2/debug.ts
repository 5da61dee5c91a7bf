import { simulate } from './world.ts';
const o = await simulate(Number(process.argv[2]));
console.log(o.log.filter((l) => !l.includes('write in')).slice(-60).join('\n')); console.log(o.problems.slice(0,3));
