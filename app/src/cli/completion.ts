import { Command, type Option } from 'commander';
import { say } from './terminal.ts';

const SHELLS = ['bash', 'zsh', 'fish'];

/** `dataguardian completion <shell>`: prints a script for the shell to source. */
export function completionCommand(): Command {
  const command = new Command('completion')
    .description('print a completion script for bash, zsh or fish')
    .argument('<shell>', SHELLS.join(', '))
    .addHelpText(
      'after',
      '\nExamples:\n  $ source <(dataguardian completion bash)\n  $ dataguardian completion fish | source',
    );
  command.action((shell: string) => {
    const program = command.parent;
    if (program === null) return;
    if (!SHELLS.includes(shell)) command.error(`"${shell}" is not known; use ${SHELLS.join(', ')}.`, { exitCode: 2 });
    say(shell === 'fish' ? toFish(program) : toBash(program, { isZsh: shell === 'zsh' }));
  });
  return command;
}

function longOptions(command: Command): string[] {
  return command.options.map((option: Option) => option.long ?? '').filter(Boolean);
}

function toBash(program: Command, { isZsh }: { readonly isZsh: boolean }): string {
  const names = program.commands.map((command) => command.name());
  const cases = program.commands.map(
    (command) => `    ${command.name()}) words="${[...longOptions(command), '--help'].join(' ')}" ;;`,
  );
  return [
    ...(isZsh ? ['autoload -U +X bashcompinit && bashcompinit'] : []),
    '_dataguardian() {',
    '  local current="${COMP_WORDS[COMP_CWORD]}" words',
    '  case "${COMP_WORDS[1]}" in',
    ...cases,
    `    *) words="${names.join(' ')} --help --version" ;;`,
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '  [ ${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "$current"))',
    '}',
    'complete -F _dataguardian dataguardian',
  ].join('\n');
}

function toFish(program: Command): string {
  const lines = program.commands.flatMap((command) => [
    `complete -c dataguardian -n __fish_use_subcommand -a ${command.name()} -d '${command.description().replaceAll("'", "\\'")}'`,
    ...longOptions(command).map(
      (option) => `complete -c dataguardian -n '__fish_seen_subcommand_from ${command.name()}' -l ${option.slice(2)}`,
    ),
  ]);
  return lines.join('\n');
}
