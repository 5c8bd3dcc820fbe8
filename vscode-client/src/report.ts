import * as vscode from 'vscode';

/** The server's command that returns all that was measured of a loss as one page; it runs the loss if need be. */
export const REPORT = 'chainrule.report';

const CHECK_TITLE = 'Check gradients';

/** A lens for the report beside one that tells what was measured; none beside an invitation. */
export function reportLens({ range, command }: vscode.CodeLens): vscode.CodeLens[] {
  if (!command?.arguments || command.title === CHECK_TITLE) {
    return [];
  }
  return [new vscode.CodeLens(range, { title: 'report', command: REPORT, arguments: command.arguments })];
}

interface Page {
  readonly function: string;
  readonly html: string;
}

/** The panel beside the editor that shows a report: one, whose content the next report replaces. */
export class ReportPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private page: Page | undefined;
  private readonly themes = vscode.window.onDidChangeActiveColorTheme(() => this.render());

  /** Shows what the server answered; a check that was cancelled has no page. */
  show(page: Page | null): void {
    if (!page) {
      return;
    }
    this.page = page;
    if (this.panel) {
      this.panel.reveal(undefined, true);
    } else {
      const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
      this.panel = vscode.window.createWebviewPanel('chainrule.report', '', place, {
        enableFindWidget: true,
        enableScripts: false,
        localResourceRoots: [],
      });
      this.panel.onDidDispose(() => {
        this.panel = undefined;
      });
    }
    this.render();
  }

  dispose(): void {
    this.themes.dispose();
    this.panel?.dispose();
  }

  private render(): void {
    if (this.panel && this.page) {
      this.panel.title = `Gradients of ${this.page.function}`;
      this.panel.webview.html = inTheme(this.page.html, vscode.window.activeColorTheme.kind);
    }
  }
}

const POLICY = "default-src 'none'; style-src 'unsafe-inline'";
const DARK = [vscode.ColorThemeKind.Dark, vscode.ColorThemeKind.HighContrast];

/**
 * The page as the editor shows it: light or dark with the editor's theme and not with the system's, which a media
 * query asks for; without the styles that VS Code gives to code in a page; no scripts, no network.
 */
function inTheme(html: string, theme: vscode.ColorThemeKind): string {
  const scheme = DARK.includes(theme) ? 'dark' : 'light';
  const head = `<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<style>:root { color-scheme: ${scheme} !important; } code, pre { color: inherit; background: none; }</style>`;
  return html
    .replace(/\(prefers-color-scheme: (dark|light)\)/g, (_, asked) => (asked === scheme ? 'all' : 'not all'))
    .replace('<style>', `${head}<style>`);
}
