/** An identifiant and a password as they are being chosen, and what is still wrong with them. */
import { checkIdentifiant } from '#lib/credentials/identifiant.ts';
import { isSamePassword, unmetRules, type PasswordRule } from '#lib/credentials/password.ts';
import { activation as t } from '#lib/i18n/activation.ts';
import { formatList } from '#lib/i18n/format.ts';

const RULES = {
  length: 'ruleLength',
  special: 'ruleSpecial',
  digit: 'ruleDigit',
  upper: 'ruleUpper',
  lower: 'ruleLower',
  differs: 'ruleDiffers',
} as const satisfies Record<PasswordRule, string>;

export class ChosenCredentials {
  identifiant = $state('');
  password = $state('');
  again = $state('');
  /** Nothing is called wrong before it was sent once. */
  tried = $state(false);

  constructor(identifiant = '') {
    this.identifiant = identifiant;
  }

  get problems(): Record<'identifiant' | 'password' | 'again', string | undefined> {
    return {
      identifiant: this.#identifiantProblem(),
      password: this.#passwordProblem(),
      again: isSamePassword(this.again, this.password) ? undefined : t('confirmDiffers'),
    };
  }

  /** As they are to be sent; undefined while something is wrong, which is then said. */
  checked(): { readonly identifiant: string; readonly password: string } | undefined {
    this.tried = true;
    const checked = checkIdentifiant(this.identifiant);
    const { problems, password } = this;
    const isGood = Object.values(problems).every((problem) => problem === undefined);
    return checked.ok && isGood ? { identifiant: checked.identifiant, password } : undefined;
  }

  #identifiantProblem(): string | undefined {
    const checked = checkIdentifiant(this.identifiant);
    if (checked.ok) return undefined;
    return checked.problem === 'length' ? t('identifiantLength') : t('identifiantCharacters');
  }

  #passwordProblem(): string | undefined {
    const unmet = unmetRules(this.password, this.identifiant).map((rule) => t(RULES[rule]).toLowerCase());
    return unmet.length > 0 ? t('passwordUnmet', { rules: formatList(unmet) }) : undefined;
  }
}
