import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';

export const SECTION = 'chainrule';

/** What the extension itself acts on. VS Code leaves out restricted values of an untrusted workspace. */
export interface Settings {
  readonly enable: boolean;
  /** Absolute path, or a bare command name; undefined when not set. */
  readonly interpreter: string | undefined;
}

export function readSettings(): Settings {
  const config = vscode.workspace.getConfiguration(SECTION);
  return {
    enable: config.get('enable', true),
    interpreter: expandPath(config.get('interpreter', '')),
  };
}

/**
 * The section as the server reads it; empty values mean that the project's own configuration decides.
 * `selected`: the environment that the user's Python extension is on. Without trust no Python is named.
 */
export function serverSettings(selected: string | null): object {
  const config = vscode.workspace.getConfiguration(SECTION);
  const python = expandPath(config.get('probe.python', '')) ?? selected;
  return {
    select: config.get('select'),
    ignore: config.get('ignore'),
    diagnosticMode: config.get('diagnosticMode'),
    codeLens: config.get('codeLens'),
    inlayHints: config.get('inlayHints'),
    probe: {
      python: vscode.workspace.isTrusted ? python : null,
      device: config.get('probe.device'),
      timeout: config.get('probe.timeout'),
    },
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
