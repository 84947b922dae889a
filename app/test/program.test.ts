import { describe, expect, it } from 'vitest';
import { createProgram } from '../src/cli/program.ts';

const program = createProgram('1.2.3');

describe('the command line', () => {
  it('has the commands that scripts depend on', () => {
    expect(program.commands.map((command) => command.name())).toEqual([
      'start',
      'scan',
      'detect',
      'worker',
      'migrate',
      'doctor',
      'completion',
    ]);
  });

  it.each(program.commands.map((command) => [command.name(), command] as const))(
    'explains what %s does, and shows how',
    (name, command) => {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) });
      command.outputHelp();
      expect(command.description().length).toBeGreaterThan(20);
      expect(help).toContain(name === 'doctor' ? '--metrics-token' : 'Example');
    },
  );
});
