import { settingGroups } from '../../src/config/setting.ts';
import { definitionOf, type SettingName, settingNames } from '../../src/config/settings.ts';

/** The reference page of all settings, from the table in src/config/settings.ts. */
export const settingsPage = (): string => {
  const sections = settingGroups.map((group) => {
    const names = settingNames.filter((name) => definitionOf(name).group === group);
    return `## ${group}\n\n${names.map(entry).join('\n\n')}`;
  });
  return `${head}\n\n${sections.join('\n\n')}\n`;
};

const head = `<!-- Made by npm run docs:generate from src/config/settings.ts; do not edit. -->

# Settings

A setting is taken from the command line, else from the environment, else from \`docrow.yaml\`, else it has its default. An empty environment variable counts as not set.

In \`docrow.yaml\`, \`\${NAME}\` stands for an environment variable, \`\${NAME:-default}\` has a default, and \`$\${\` is a plain \`\${\`. A relative \`source\` starts at the folder of \`docrow.yaml\`; on the command line at the current folder.

\`\`\`yaml
# docrow.yaml
source: \${MONGODB_URI:-dump/shop}
target: \${DATABASE_URL:-embedded:}
workers: 4
\`\`\`

A password belongs in the environment or in \`docrow.yaml\` by way of a variable: on the command line it is refused.`;

const entry = (name: SettingName): string => {
  const { help, flag, env, inFile, commands, hidden, defaultText, default: value } = definitionOf(name);
  const shown = defaultText ?? (value === undefined || value === '' ? 'none' : `\`${String(value)}\``);
  const lines = [
    `- flag: \`${flag}\`${hidden ? ' (not in `--help`)' : ''}`,
    `- environment: ${env.length === 0 ? 'none' : env.map((variable) => `\`${variable}\``).join(', ')}`,
    `- docrow.yaml: ${inFile ? `\`${name}\`` : 'no'}`,
    `- default: ${shown}`,
    `- commands: ${commands.map((command) => `\`${command}\``).join(', ')}`,
  ];
  return `### ${name}\n\n${help}.\n\n${lines.join('\n')}`;
};
