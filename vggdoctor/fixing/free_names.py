"""The names that a piece of new source takes from its surroundings, and those that it brings."""

from __future__ import annotations

import symtable


def taken_from_outside(source: str) -> set[str]:
    """The names that must be known where ``source`` goes; none if it is not Python of its own."""
    table = _table(source)
    if table is None:
        return set()
    found = {name for inner in _inner(table) for name in _global_uses(inner)}
    found |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    return found - brought(source)


def brought(source: str) -> set[str]:
    """The names that ``source`` binds."""
    table = _table(source)
    symbols = table.get_symbols() if table else []
    return {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()}


def _global_uses(table: symtable.SymbolTable) -> set[str]:
    return {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global() and symbol.is_referenced()}


def _inner(table: symtable.SymbolTable) -> list[symtable.SymbolTable]:
    return [table for child in table.get_children() for table in (child, *_inner(child))]


def _table(source: str) -> symtable.SymbolTable | None:
    try:
        return symtable.symtable(source, "<new>", "exec")
    except SyntaxError:
        return None
