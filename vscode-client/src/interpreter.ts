import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { type SelectedPython, selectedPythons } from './pythonExtensions';
import type { Settings } from './settings';

/** The oldest Python that runs the server; `requires-python` of the project. */
const OLDEST = [3, 10] as const;
const LOOK_TIMEOUT_MS = 15_000;

/** A Python that exists, runs, and is new enough. */
export interface Interpreter {
  readonly path: string;
  readonly args: readonly string[];
  /** Who named it, for the log and the status item. */
  readonly origin: string;
  readonly version: string;
}

/** The Python of the server, and the one that the user has selected for the workspace, however old. */
export interface Pythons {
  readonly server: Interpreter;
  readonly selected: string | null;
}

/** No usable Python; `message` says what was tried and what to do. */
export class NoInterpreter extends Error {}

/**
 * Chooses in this order: the setting, the Python Environments extension, the Python extension, the PATH.
 * A Python named by the setting must do; the others are passed over when they are too old or do not run.
 * Without workspace trust the extensions are not asked, and a Python inside the workspace is never run.
 *
 * @throws NoInterpreter
 */
export async function choosePythons(settings: Settings, log: vscode.LogOutputChannel): Promise<Pythons> {
  const offered = vscode.workspace.isTrusted ? await selectedPythons(log) : [];
  const selected = offered[0]?.path ?? null;
  if (settings.interpreter) {
    const candidate = { path: settings.interpreter, args: [], origin: 'the setting chainrule.interpreter' };
    const result = await look(candidate);
    if (typeof result === 'string') {
      throw new NoInterpreter(`${result} Change the setting, or leave it empty to search for a Python.`);
    }
    return { server: result, selected };
  }
  const refused: string[] = [];
  for (const candidate of [...offered, ...onPath()]) {
    const result = await look(candidate);
    if (typeof result !== 'string') {
      return { server: result, selected };
    }
    log.warn(result);
    refused.push(result);
  }
  const why = refused.length > 0 ? refused.join(' ') : 'There is no python3 or python on the PATH.';
  throw new NoInterpreter(`${why} Set chainrule.interpreter to a Python ${OLDEST.join('.')} or newer.`);
}

/** Runs the candidate to learn its version; a string says why it will not do. */
async function look(candidate: SelectedPython): Promise<Interpreter | string> {
  const named = `${candidate.path} (from ${candidate.origin})`;
  if (!vscode.workspace.isTrusted && insideWorkspace(candidate.path)) {
    return `${named} is inside a workspace that is not trusted, so it is not run.`;
  }
  const program = 'import sys; print(*sys.version_info[:3], sep=".")';
  let version: string;
  try {
    const run = await promisify(execFile)(candidate.path, [...candidate.args, '-I', '-c', program], {
      timeout: LOOK_TIMEOUT_MS,
      cwd: path.dirname(__dirname),
    });
    version = run.stdout.trim();
  } catch (error) {
    return `${named} cannot be run: ${(error as Error).message.split('\n')[0]}.`;
  }
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    return `${named} is Python ${version || 'of an unknown version'}; chainrule needs ${OLDEST.join('.')} or newer.`;
  }
  return { ...candidate, version };
}

/** Every `python3` and `python` on the PATH, first one first, as absolute paths. */
function onPath(): SelectedPython[] {
  const names = process.platform === 'win32' ? ['python.exe', 'py.exe'] : ['python3', 'python'];
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return names
    .flatMap((name) => folders.map((folder) => path.join(folder, name)))
    .filter((file) => fs.existsSync(file))
    .map((file) => ({ path: file, args: [], origin: 'the PATH' }));
}

function insideWorkspace(file: string): boolean {
  return (vscode.workspace.workspaceFolders ?? []).some((folder) => {
    const relative = path.relative(folder.uri.fsPath, file);
    return !relative.startsWith('..') && !path.isAbsolute(relative);
  });
}
