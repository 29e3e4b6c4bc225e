# SPDX-License-Identifier: GPL-2.0 OR MIT
"""Link functions and structures that the text names to their kernel-doc.

A literal such as ``drm_jobqueue_job_arm()`` or ``struct drm_jobqueue``, and a function with
its parentheses in plain text, becomes a link if a page has its description. Text that is a
link already, headings and blocks of code stay as they are.

The list of contents of a page is left out if the theme has one of its own at its side.
"""

import re

from docutils import nodes

_NAME = re.compile(r"(?:(?:struct|enum|union) )?(\w+)(?:\(\))?")
_CALL = re.compile(r"\b(\w+)\(\)")
_LEAVE = (nodes.reference, nodes.title, nodes.literal, nodes.literal_block, nodes.raw)


def _described(env):
    """Name in the C domain -> (page, anchor)."""
    return {name: (page, anchor) for name, _, kind, page, anchor, _
            in env.domains["c"].get_objects() if kind not in ("member", "functionParam")}


def _within(node, kinds):
    while node.parent is not None:
        node = node.parent
        if isinstance(node, kinds) or "desc_signature" in node.tagname:
            return True
    return False


def _link_calls(text, link):
    """Return the parts of TEXT, with LINK(NAME, NODE) for each function, or None."""
    parts, end = [], 0
    for match in _CALL.finditer(text):
        linked = link(match.group(1), nodes.literal("", match.group()))
        if linked:
            parts += [nodes.Text(text[end:match.start()]), linked]
            end = match.end()
    return [*parts, nodes.Text(text[end:])] if parts else None


def _drop_contents(doctree):
    for topic in list(doctree.findall(nodes.topic)):
        if "contents" in topic["classes"]:
            topic.parent.remove(topic)
    for title in doctree.findall(nodes.title):
        title.attributes.pop("refid", None)


def resolve(app, doctree, docname):
    """Handler of doctree-resolved."""
    if app.builder.format != "html":
        return
    if app.config.html_theme == "furo":
        _drop_contents(doctree)
    known = _described(app.env)

    def link(name, node):
        if name not in known:
            return None
        page, anchor = known[name]
        uri = app.builder.get_relative_uri(docname, page) + "#" + anchor
        return nodes.reference("", "", node, internal=True, refuri=uri)

    for literal in list(doctree.findall(nodes.literal)):
        match = _NAME.fullmatch(literal.astext())
        linked = match and not _within(literal, _LEAVE) and link(match.group(1),
                                                                literal.deepcopy())
        if linked:
            literal.replace_self(linked)
    for text in list(doctree.findall(nodes.Text)):
        if not _within(text, _LEAVE):
            parts = _link_calls(text.astext(), link)
            if parts:
                text.parent.replace(text, parts)


def setup(app):
    """Register the extension."""
    app.connect("doctree-resolved", resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
