// A user's way through the window: a squiggle and its hover, the quick fixes, a check of the gradients. The
// pictures go to screenshots/; those of the extension's README are taken from there.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { HERE, openEditor } from './editor.mjs';

const SHOTS = path.join(HERE, 'screenshots');
const SIZE = { width: 940, height: 720 };
fs.mkdirSync(SHOTS, { recursive: true });

/** Opens a program in its own window, runs the steps, and keeps a picture of the window if one fails. */
async function inWindow(name, options, steps) {
  const editor = await openEditor({
    programs: [name],
    size: SIZE,
    ...options,
    settings: {
      'workbench.colorTheme': 'Default Dark Modern',
      'workbench.activityBar.location': 'hidden',
      'window.commandCenter': false,
      'workbench.layoutControl.enabled': false,
      'workbench.editor.showTabs': 'single',
      'editor.fontSize': 14,
      'editor.hover.delay': 100,
      'editor.scrollBeyondLastLine': false,
      ...options.settings,
    },
  });
  const { page } = editor;
  const shot = (picture) => page.screenshot({ path: path.join(SHOTS, `${picture}.png`) });
  const runCommand = async (title) => {
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input').fill(`>${title}`);
    await page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().waitFor();
    await page.keyboard.press('Enter');
  };
  try {
    await editor.go([['openFile', editor.remote(path.join(editor.workspace, name))]]);
    await page.locator('.monaco-editor .view-line').first().waitFor({ timeout: 60_000 });
    await steps({ ...editor, shot, runCommand });
  } catch (error) {
    await shot('failure');
    throw error;
  } finally {
    await editor.close();
  }
}

/** The mean of the channels of `rgb(…)`, 0 to 255. */
const brightness = (color) =>
  color
    .match(/\d+/g)
    .slice(0, 3)
    .map(Number)
    .reduce((a, b) => a + b) / 3;
const status = (page, text) => page.locator('#chainrule\\.chainrule\\.chainrule\\.status', { hasText: text });

test('a loss is found wanting, mended and measured', () =>
  inWindow('ranking.py', {}, async ({ page, shot, runCommand }) => {
    await page.locator('.squiggly-error').first().waitFor({ timeout: 60_000 });
    const lens = (text) => page.locator('.codelens-decoration a', { hasText: text });
    await lens('Check gradients').first().waitFor();
    await runCommand('View: Close Primary Side Bar');

    // The hover of the cut.
    const cut = page.locator('.view-line', { hasText: 'error.item() ** 1.5' });
    await cut.getByText('item').hover();
    const hover = page.locator('.monaco-hover', { hasText: 'no gradient reaches' });
    await hover
      .getByText(/^Quick Fix/)
      .first()
      .waitFor();
    await shot('finding');
    await page.mouse.move(SIZE.width - 40, SIZE.height / 2);

    // The lens runs the losses, tells their verdicts, and the lines tell their norms.
    await lens('Check gradients').first().click();
    await lens('scores |g|').waitFor({ timeout: 120_000 });
    await lens('Check gradients').last().click();
    await lens('scores gets no gradient').waitFor();
    await page.locator('.view-line', { hasText: '|g|' }).first().waitFor();
    await page.mouse.move(SIZE.width - 40, SIZE.height / 2);
    await shot('measured');

    // The quick fixes of the cut; the preferred one mends it.
    await cut.getByText('item').click();
    await page.keyboard.press('Control+.');
    const fix = page.locator('.action-widget').getByText('Use the tensor itself').first();
    await fix.waitFor();
    await shot('fixes');
    await page.keyboard.press('Enter');
    await cut.waitFor({ state: 'detached' });
    await runCommand('chainrule: Apply All Safe Fixes');
    await page.locator('.view-line', { hasText: 'score[mask]' }).waitFor();
    await runCommand('chainrule: Check Gradients of the Function under the Cursor');
    await page.locator('.view-line', { hasText: /return\serror.*\|g\|\s1/ }).waitFor();
    await lens('scores gets no gradient').waitFor({ state: 'detached' });
    await page.mouse.move(SIZE.width - 40, SIZE.height / 2);
    await shot('mended');

    // Everything that was measured of a loss, as a page beside the program, in the editor's colours.
    await page.locator('.view-line', { hasText: 'best.float()' }).click();
    await runCommand('chainrule: Gradient Report of the Function under the Cursor');
    const report = page.frameLocator('iframe.webview').frameLocator('#active-frame');
    await report.getByText('gradient is cut here').first().waitFor();
    await page.setViewportSize({ width: 1400, height: 820 });
    const background = () =>
      report.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
    assert.ok(brightness(await background()) < 60);
    await report.getByText('Inputs, from').evaluate((heading) => heading.scrollIntoView());
    await lens('scores gets no gradient').waitFor();
    await shot('report');
    await runCommand('Preferences: Toggle between Light/Dark Themes');
    await page.locator('.monaco-workbench.vs').waitFor();
    await report.locator('html').and(report.locator(':root')).waitFor();
    assert.ok(brightness(await background()) > 200);
    await shot('report-light');
  }));

test('the walkthrough has its pictures', () =>
  inWindow('ranking.py', { size: { width: 1400, height: 820 } }, async ({ page, shot, runCommand }) => {
    await status(page, 'chainrule').waitFor();
    await runCommand('Welcome: Open Walkthrough...');
    await page
      .locator('.quick-input-list .monaco-list-row', { hasText: 'gradient of a loss' })
      .first()
      .click();
    const picture = page.locator('.getting-started-media img');
    await picture.first().waitFor();
    await shot('walkthrough');
    assert.ok(await picture.first().evaluate((image) => image.complete && image.naturalWidth > 0));
  }));

test('trust that is granted turns the lens on', () =>
  inWindow('ranking.py', { trusted: false }, async ({ page, shot, runCommand }) => {
    await page.locator('.squiggly-error').first().waitFor({ timeout: 60_000 });
    await status(page, 'chainrule').hover();
    await page.locator('.monaco-hover', { hasText: 'no loss is run' }).waitFor();
    await shot('untrusted');
    assert.equal(await page.locator('.codelens-decoration a').count(), 0);
    await runCommand('Workspaces: Manage Workspace Trust');
    await page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
    await page.keyboard.press('Escape');
    await page.locator('.codelens-decoration a', { hasText: 'Check gradients' }).first().waitFor();
  }));
