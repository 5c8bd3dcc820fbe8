"""What the client said it can do, asked once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lsprotocol import types


@dataclass(frozen=True, slots=True)
class Client:
    """Each field is a question that a feature asks; the answer "no" is always safe."""

    pulls: bool = False
    related_information: bool = False
    code_description: bool = False
    tags: frozenset[types.DiagnosticTag] = frozenset()
    diagnostic_refresh: bool = False
    lens_refresh: bool = False
    hint_refresh: bool = False
    document_changes: bool = False
    change_annotations: bool = False
    creates_files: bool = False
    applies_edits: bool = False
    action_literals: bool = False
    disabled_actions: bool = False
    preferred_actions: bool = False
    resolves_edits: bool = False
    progress: bool = False
    shows_documents: bool = False
    configuration: bool = False
    registers_configuration: bool = False
    registers_watchers: bool = False
    markdown: bool = False

    @classmethod
    def of(cls, capabilities: types.ClientCapabilities) -> Client:
        """Read the capabilities that `initialize` brought."""
        document: Any = capabilities.text_document
        workspace: Any = capabilities.workspace
        push = _get(document, "publish_diagnostics")
        pull = _get(document, "diagnostic")
        action = _get(document, "code_action")
        edit = _get(workspace, "workspace_edit")
        tag_support = _get(pull, "tag_support") or _get(push, "tag_support")
        resolvable = _get(action, "resolve_support", "properties") or ()
        return cls(
            pulls=pull is not None,
            related_information=_either(pull, push, "related_information"),
            code_description=_either(pull, push, "code_description_support"),
            tags=frozenset(_get(tag_support, "value_set") or ()),
            diagnostic_refresh=bool(_get(workspace, "diagnostics", "refresh_support")),
            lens_refresh=bool(_get(workspace, "code_lens", "refresh_support")),
            hint_refresh=bool(_get(workspace, "inlay_hint", "refresh_support")),
            document_changes=bool(_get(edit, "document_changes")),
            change_annotations=bool(
                _get(action, "honors_change_annotations")
                and _get(edit, "change_annotation_support")
                and _get(edit, "document_changes")
            ),
            # Who names it understands document changes, even without a word about those (Neovim 0.11).
            creates_files=types.ResourceOperationKind.Create in (_get(edit, "resource_operations") or ()),
            applies_edits=bool(_get(workspace, "apply_edit")),
            action_literals=_get(action, "code_action_literal_support") is not None,
            disabled_actions=bool(_get(action, "disabled_support")),
            preferred_actions=bool(_get(action, "is_preferred_support")),
            resolves_edits=bool(_get(action, "data_support")) and "edit" in resolvable,
            progress=bool(_get(capabilities.window, "work_done_progress")),
            shows_documents=bool(_get(capabilities.window, "show_document", "support")),
            configuration=bool(_get(workspace, "configuration")),
            registers_configuration=bool(_get(workspace, "did_change_configuration", "dynamic_registration")),
            registers_watchers=bool(_get(workspace, "did_change_watched_files", "dynamic_registration")),
            markdown=types.MarkupKind.Markdown in (_get(document, "hover", "content_format") or ()),
        )


def _get(value: Any, *names: str) -> Any:
    """The nested field, or None as soon as one on the way is missing."""
    for name in names:
        value = getattr(value, name, None)
    return value


def _either(pull: Any, push: Any, name: str) -> bool:
    """What the client says of pulled diagnostics; if it says nothing there, of pushed ones."""
    said = _get(pull, name)
    return bool(_get(push, name) if said is None else said)
