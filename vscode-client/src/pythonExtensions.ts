import type { PythonEnvironmentApi } from '@vscode/python-environments';
import type { PythonExtension } from '@vscode/python-extension';
import * as vscode from 'vscode';

/** A Python that one of the Python extensions has selected for the workspace. */
export interface SelectedPython {
  readonly path: string;
  readonly args: readonly string[];
  readonly origin: string;
}

const ENVIRONMENTS = 'ms-python.vscode-python-envs';
const PYTHON = 'ms-python.python';

/**
 * Asks the Python Environments extension, then the Python extension, for the environment of the workspace.
 * Neither has to be installed; both are optional and are looked up anew on each call.
 */
export async function selectedPythons(log: vscode.LogOutputChannel): Promise<SelectedPython[]> {
  const scope = vscode.workspace.workspaceFolders?.[0]?.uri;
  const found: SelectedPython[] = [];
  const environments = await api<PythonEnvironmentApi>(ENVIRONMENTS, log);
  const run = (await environments?.getEnvironment(scope))?.execInfo.run;
  if (run) {
    found.push({ path: run.executable, args: run.args ?? [], origin: 'the Python Environments extension' });
  }
  const python = (await api<PythonExtension>(PYTHON, log))?.environments;
  const active = python && (await python.resolveEnvironment(python.getActiveEnvironmentPath(scope)));
  if (active?.executable.uri) {
    found.push({ path: active.executable.uri.fsPath, args: [], origin: 'the Python extension' });
  }
  return found;
}

/** Calls `changed` whenever another environment is selected in either extension. */
export async function watchSelection(
  log: vscode.LogOutputChannel,
  changed: () => void,
): Promise<vscode.Disposable> {
  const environments = await api<PythonEnvironmentApi>(ENVIRONMENTS, log);
  const python = await api<PythonExtension>(PYTHON, log);
  return vscode.Disposable.from(
    ...[
      environments?.onDidChangeEnvironment(changed),
      python?.environments.onDidChangeActiveEnvironmentPath(changed),
    ].filter((watch) => watch !== undefined),
  );
}

async function api<T>(id: string, log: vscode.LogOutputChannel): Promise<T | undefined> {
  const extension = vscode.extensions.getExtension<T>(id);
  if (!extension) {
    return undefined;
  }
  try {
    return await extension.activate();
  } catch (error) {
    log.warn(`${id} does not start, so its selected environment is not known: ${error}`);
    return undefined;
  }
}
