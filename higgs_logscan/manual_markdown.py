"""Pages of the manual as Markdown: the project's documentation, and the help that code scanning shows."""

from __future__ import annotations

from collections.abc import Sequence

from higgs_logscan.manual import Block, Item, Listing, Page, Prose, Section


def markdown(page: Page) -> str:
    """The page below a heading; links to other pages are relative, as in `docs/causes`."""
    return "\n\n".join([f"# {page.id}", page.summary, *map(_block, page.blocks)]) + "\n"


def _block(block: Block) -> str:
    if isinstance(block, Prose):
        return _paragraph(block.words)
    if isinstance(block, Section):
        return f"## {block.heading}\n\n{block.words or _list(block.items)}"
    return "\n\n".join(filter(None, [_paragraph(block.words), _fence(block)]))


def _paragraph(words: str) -> str:
    """One line: a wrapped paragraph could begin a line like a list or a heading."""
    return " ".join(words.split())


def _fence(listing: Listing) -> str:
    return f"```{listing.language}\n{listing.lines}\n```"


def _list(items: Sequence[Item]) -> str:
    return "\n".join(f"- {_item(item)}" for item in items)


def _item(item: Item) -> str:
    """Its first word is code, or a link to the page of the rule (or `rule/mechanism`) or cause that it names."""
    name, colon, words = item.words.partition(":")
    page = f"../{item.of}/{name.partition('/')[0]}.md"
    return (f"[{name}]({page})" if item.of else f"`{name}`") + colon + words
