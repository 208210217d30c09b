"""Drives `provlint lsp` by pygls, whose types refuse what the protocol doesn't know.

    python lsp_client.py PROVLINT SCHEMA POLICY
"""

import asyncio
import collections
import pathlib
import sys

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient


async def main(program, schema, policy):
    client = LanguageClient("a-client", "1")
    # By document: a policy that is opened has every open document judged anew, in any order.
    published = collections.defaultdict(asyncio.Queue)

    @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def publish(params: lsp.PublishDiagnosticsParams):
        published[params.uri].put_nowait(params.diagnostics)

    async def open_file(path):
        uri = pathlib.Path(path).resolve().as_uri()
        text = pathlib.Path(path).read_text()
        item = lsp.TextDocumentItem(uri=uri, language_id="x", version=1, text=text)
        client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        diagnostics = await asyncio.wait_for(published[uri].get(), 30)
        return lsp.TextDocumentIdentifier(uri), diagnostics

    await client.start_io(program, "lsp", "--stdio")
    hello = await client.initialize_async(lsp.InitializeParams(capabilities=lsp.ClientCapabilities()))
    assert hello.server_info.name == "provlint", hello
    client.initialized(lsp.InitializedParams())

    document, wrong = await open_file(schema)
    print("diagnostic", wrong[0].code, wrong[0].severity.name, wrong[0].code_description.href)
    context = lsp.CodeActionContext(diagnostics=wrong)
    actions = await client.text_document_code_action_async(
        lsp.CodeActionParams(document, range=wrong[0].range, context=context)
    )
    for action in actions:
        edits = action.edit.changes[document.uri]
        print("action", action.kind, action.is_preferred, action.title, len(edits))
    hover = await client.text_document_hover_async(lsp.HoverParams(document, wrong[0].range.start))
    print("hover", hover.contents.kind.value, hover.contents.value.splitlines()[0])

    document, wrong = await open_file(policy)
    print("policy", wrong[0].message.splitlines()[-1])
    at = lsp.Position(line=1, character=2)
    items = await client.text_document_completion_async(lsp.CompletionParams(document, at))
    print("completion", len(items))

    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()


asyncio.run(main(*sys.argv[1:]))
