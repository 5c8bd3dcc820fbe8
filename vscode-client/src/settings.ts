import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';

export const SECTION = 'chainrule';

/** The settings of the window. VS Code itself leaves out restricted values of an untrusted workspace. */
export interface Settings {
  readonly enable: boolean;
  /** Absolute path, or a bare command name; undefined when not set. */
  readonly interpreter: string | undefined;
  readonly select: readonly string[];
  readonly ignore: readonly string[];
  readonly probePython: string | undefined;
  readonly probeDevice: string;
  /** Seconds. */
  readonly probeTimeout: number;
}

export function readSettings(): Settings {
  const config = vscode.workspace.getConfiguration(SECTION);
  return {
    enable: config.get('enable', true),
    interpreter: expandPath(config.get('interpreter', '')),
    select: config.get<string[]>('select', []),
    ignore: config.get<string[]>('ignore', []),
    probePython: expandPath(config.get('probe.python', '')),
    probeDevice: config.get('probe.device', 'auto'),
    probeTimeout: config.get('probe.timeout', 30),
  };
}

/** The settings as the server names them. `selected`: the environment that the user's Python extension is on. */
export function serverSettings(settings: Settings, selected: string | null): object {
  return {
    python: vscode.workspace.isTrusted ? (settings.probePython ?? selected) : null,
    device: settings.probeDevice,
    timeout: settings.probeTimeout,
    select: settings.select,
    ignore: settings.ignore,
  };
}

/** Whether another server is needed; it is told of all other settings, and asks for them, while it runs. */
export function needsRestart(event: vscode.ConfigurationChangeEvent): boolean {
  return (
    event.affectsConfiguration(`${SECTION}.enable`) || event.affectsConfiguration(`${SECTION}.interpreter`)
  );
}

/** Resolves `~`, `${userHome}`, `${workspaceFolder}` and `${env:NAME}`; a relative path starts at the first folder. */
function expandPath(value: string): string | undefined {
  const text = value.trim();
  if (text === '') {
    return undefined;
  }
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const expanded = text
    .replace(/^~(?=$|[\\/])/, os.homedir())
    .replace(/\$\{userHome\}/g, os.homedir())
    .replace(/\$\{workspaceFolder\}/g, folder)
    .replace(/\$\{env:([^}]+)\}/g, (_, name: string) => process.env[name] ?? '');
  return /[\\/]/.test(expanded) ? path.resolve(folder, expanded) : expanded;
}
