import { type Command, Option } from 'commander';
import { type CommandName, settingGroups } from '../config/setting.ts';
import { definitionOf, isSettingOf, type SettingName, settingNames } from '../config/settings.ts';

/** Gives a command the options of all settings that it takes, under the headings of the settings table. */
export const addSettingOptions = (command: Command, name: CommandName): Command => {
  for (const group of settingGroups) {
    for (const setting of settingNames) {
      const { group: own, flag, hidden } = definitionOf(setting);
      if (own !== group || !isSettingOf(setting, name)) continue;
      const option = new Option(flag, helpOf(setting)).helpGroup(`${group}:`);
      command.addOption(hidden ? option.hideHelp() : option);
    }
  }
  return command;
};

const helpOf = (setting: SettingName): string => {
  const { help, defaultText, default: value } = definitionOf(setting);
  const shown =
    defaultText ?? (typeof value === 'boolean' || value === undefined || value === '' ? undefined : value);
  return shown === undefined ? help : `${help} (default: ${shown})`;
};

/** What was given on the command line, by setting name; commander's own defaults left out. */
export const givenSettings = (command: Command): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    settingNames
      .filter((name) => command.getOptionValueSource(name) === 'cli')
      .map((name) => [name, command.getOptionValue(name)]),
  );
