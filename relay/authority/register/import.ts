/**
 * node relay/authority/register/import.ts FOLDER REGISTER.csv [LETTERS.csv]
 *
 * Takes a register file (register-file.ts) into the authority's folder. With a third name, issues a new code to every
 * insured person who was never attested and writes them there for the letters, readable by the operator alone; codes
 * issued before are withdrawn. The server may run meanwhile.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { toOwned } from '#lib/bytes/bytes.ts';
import { printCode } from '#lib/protocol/enrolment.ts';
import { createCodes } from '../codes.ts';
import { importRegister } from './register-import.ts';
import { createRegister } from './register.ts';
import { openSigningKey } from '../signing-key.ts';
import { openStore } from '../store.ts';

const [folder, registerFile, lettersFile] = process.argv.slice(2);

if (folder === undefined || registerFile === undefined)
  stop('node relay/authority/register/import.ts FOLDER REGISTER.csv [LETTERS.csv]');
else await run(folder, registerFile, lettersFile);

async function run(dataDir: string, from: string, letters: string | undefined): Promise<void> {
  const random = (length: number) => toOwned(randomBytes(length));
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const store = openStore(dataDir);
  try {
    const imported = importRegister(store, random, readFileSync(from, 'utf8'));
    if (!imported.ok) {
      const lines = imported.error.problems.map(({ line, problem }) => `line ${line}: ${problem}`);
      return stop([`Nothing was imported from ${from}.`, ...lines].join('\n'));
    }
    const { insured, children, professionals } = imported.value;
    say(`${insured} insured persons, ${children} children, ${professionals} professionals.`);
    if (letters === undefined) return;

    const register = createRegister(store);
    const { publicKey } = openSigningKey(dataDir, random);
    const codes = createCodes({
      store,
      register,
      authorityKey: publicKey,
      clock: Date,
      random,
      onLocked: () => {},
    });
    const rows = ['lastName;firstName;email;phone;code'];
    for (const person of register.neverAttested()) {
      const code = printCode(await codes.issue(person));
      rows.push([person.lastName, person.firstName, person.email, person.phone, code].map(cell).join(';'));
    }
    writeFileSync(letters, `${rows.join('\n')}\n`, { mode: 0o600 });
    say(`${rows.length - 1} codes in ${letters}. They are nowhere else.`);
  } finally {
    store.close();
  }
}

/** Quoted, so that no name can end its cell. */
function cell(text: string | null): string {
  return `"${(text ?? '').replaceAll('"', '""')}"`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function stop(text: string): void {
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}
