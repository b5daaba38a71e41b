import { DocrowError } from '../errors/docrow-error.ts';
import { holdsPassword } from './redact.ts';
import { definitionOf, flagOf, settingNames } from './settings.ts';

/**
 * Refuses a password on the command line: every user of the machine can read it there, and shells keep it.
 *
 * @throws DocrowError `secret-in-arguments`, unless `insecureArgv` is given
 */
export const refuseSecrets = (argvOptions: Readonly<Record<string, unknown>>): void => {
  if (argvOptions['insecureArgv'] === true) return;
  for (const name of settingNames) {
    const value = argvOptions[name];
    const { secret, env } = definitionOf(name);
    if (!secret || typeof value !== 'string' || !holdsPassword(value)) continue;
    const message = `${flagOf(name)} holds a password, which others can see while the command runs; put the URI in ${env[0]} or docrow.yaml`;
    throw new DocrowError('secret-in-arguments', message, { setting: name });
  }
};
