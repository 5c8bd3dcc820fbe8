"""The language server: chainrule's findings and probes, spoken as LSP. It holds no analysis."""
