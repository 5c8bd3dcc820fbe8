import * as path from 'node:path';
import * as readline from 'node:readline';
import type { Readable } from 'node:stream';
import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  type Middleware,
  RevealOutputChannelOn,
  type ServerOptions,
  State,
} from 'vscode-languageclient/node';
import { choosePythons, type Interpreter, NoInterpreter, type Pythons } from './interpreter';
import { REPORT, reportLens, ReportPanel } from './report';
import { Serial } from './serial';
import { readSettings, SECTION, serverSettings } from './settings';
import { ServerState, type ServerStatus } from './state';

/** The server's command that runs one loss; the client registers it under the same name. */
export const CHECK_GRADIENTS = 'chainrule.checkGradients';
/** All of the server's commands that run code. */
const RUNNING = new Set([CHECK_GRADIENTS, REPORT, 'chainrule.verify', 'chainrule.writeTest']);

const CRASHES_ALLOWED = 4;
const CRASH_WINDOW_MS = 180_000;

/** Owns the server process: starts it, restarts it one restart at a time, and tells its status. */
export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private python: Interpreter | undefined;
  private checks = 0;
  private crashes: number[] = [];
  /** The last line of the server's stderr: Python puts the name of an error there. */
  private lastWords = '';
  private current: ServerStatus = { state: ServerState.Stopped, detail: 'not started yet' };
  private readonly changed = new vscode.EventEmitter<ServerStatus>();
  private readonly report = new ReportPanel();
  private readonly restarts = new Serial(() => this.replace());

  readonly onDidChangeStatus = this.changed.event;

  constructor(
    private readonly extensionPath: string,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Stops the server if it runs, and starts it with the settings, interpreter and trust of now. */
  restart(reason: string): Promise<void> {
    this.log.info(`Restart: ${reason}.`);
    this.crashes = [];
    return this.restarts.request();
  }

  get status(): ServerStatus {
    return this.current;
  }

  /** The Python that runs the server, once one was chosen. */
  get interpreter(): Interpreter | undefined {
    return this.python;
  }

  /** Process id of the running server. */
  get pid(): number | undefined {
    return this.client?.serverProcess?.pid;
  }

  /** The client while the server answers, else undefined. */
  get running(): LanguageClient | undefined {
    return this.client?.state === State.Running ? this.client : undefined;
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.checks = 0;
    if (client) {
      await client.dispose().catch((error) => this.log.warn(`The server did not stop cleanly: ${error}`));
    }
  }

  dispose(): void {
    this.report.dispose();
    this.changed.dispose();
  }

  private async replace(): Promise<void> {
    await this.stop();
    const settings = readSettings();
    if (!settings.enable) {
      this.show(ServerState.Stopped, 'switched off by the setting chainrule.enable');
      return;
    }
    this.show(ServerState.Starting, '');
    this.lastWords = '';
    try {
      const pythons = await choosePythons(settings, this.log);
      this.python = pythons.server;
      this.log.info(
        `Python ${pythons.server.version}: ${pythons.server.path}, from ${pythons.server.origin}.`,
      );
      this.client = this.createClient(pythons);
      await this.client.start();
    } catch (error) {
      const why =
        error instanceof NoInterpreter
          ? error.message
          : `The server does not start: ${this.lastWords || error}`;
      await this.fail(why);
    }
  }

  private createClient(pythons: Pythons): LanguageClient {
    // The launcher puts the bundled libraries on the path of this process alone (PYTHONPATH would reach the
    // user's own Python when a loss is run), and -I keeps the workspace and the user's site out of it.
    const launcher = path.join(this.extensionPath, 'bundled', 'launch.py');
    const serverOptions: ServerOptions = {
      command: pythons.server.path,
      args: [...pythons.server.args, '-I', '-X', 'utf8', launcher],
      options: { cwd: this.extensionPath },
    };
    const clientOptions: LanguageClientOptions = {
      documentSelector: [
        { language: 'python', scheme: 'file' },
        { language: 'python', scheme: 'untitled' },
        { language: 'python', notebook: '*' },
      ],
      initializationOptions: {
        trusted: vscode.workspace.isTrusted,
        ...serverSettings(pythons.selected),
      },
      diagnosticPullOptions: { onChange: true, onFocus: true },
      outputChannel: this.log,
      stdioOptions: {
        stdout: () => {},
        stderr: (input) => this.listen(input),
      },
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      markdown: { supportThemeIcons: true },
      middleware: this.middleware(pythons),
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue }),
        closed: () => this.closed(),
      },
    };
    const client = new LanguageClient(SECTION, 'chainrule', serverOptions, clientOptions);
    client.onDidChangeState(({ newState }) => {
      if (client !== this.client) {
        return;
      }
      if (newState === State.Running) {
        this.show(ServerState.Ready, '');
      } else if (newState === State.Starting) {
        this.show(ServerState.Starting, '');
      }
    });
    return client;
  }

  private listen(stderr: Readable): void {
    readline.createInterface({ input: stderr }).on('line', (line) => {
      this.log.info(line);
      if (line.trim()) {
        this.lastWords = line.trim();
      }
    });
  }

  private middleware(pythons: Pythons): Middleware {
    return {
      workspace: {
        configuration: (asked) => asked.items.map(() => serverSettings(pythons.selected)),
      },
      provideCodeLenses: async (document, token, next) => {
        const lenses = (await next(document, token)) ?? [];
        return lenses.flatMap((lens) => [lens, ...reportLens(lens)]);
      },
      executeCommand: async (command, args, next) => {
        if (!RUNNING.has(command)) {
          return next(command, args);
        }
        this.checks += 1;
        this.show(ServerState.Checking, '');
        try {
          const answer = await next(command, args);
          if (command === REPORT) {
            this.report.show(answer);
          }
          return answer;
        } finally {
          this.checks -= 1;
          if (this.checks === 0 && this.running) {
            this.show(ServerState.Ready, '');
          }
        }
      },
    };
  }

  /** The connection closed without being asked to: start again, unless that keeps happening. */
  private closed(): { action: CloseAction; handled: true } {
    const now = Date.now();
    this.crashes = [...this.crashes.filter((then) => now - then < CRASH_WINDOW_MS), now];
    this.checks = 0;
    if (this.crashes.length <= CRASHES_ALLOWED) {
      this.log.warn('The server ended unexpectedly; it is started again.');
      return { action: CloseAction.Restart, handled: true };
    }
    void this.fail(
      `The server ended ${this.crashes.length} times within three minutes, so it stays stopped. ${this.lastWords}`,
    );
    return { action: CloseAction.DoNotRestart, handled: true };
  }

  private async fail(message: string): Promise<void> {
    this.log.error(message);
    this.show(ServerState.Error, message);
    await this.stop();
    const choice = (title: string, command: string, ...args: unknown[]) => ({ title, command, args });
    const choices = [
      choice('Choose Python', 'workbench.action.openSettings', 'chainrule.interpreter'),
      choice('Restart', 'chainrule.restart'),
      choice('Show Logs', 'chainrule.showLogs'),
    ];
    void vscode.window.showErrorMessage(`chainrule: ${message}`, ...choices).then((chosen) => {
      if (chosen) {
        void vscode.commands.executeCommand(chosen.command, ...chosen.args);
      }
    });
  }

  private show(state: ServerState, detail: string): void {
    this.current = { state, detail };
    this.changed.fire(this.current);
  }
}
