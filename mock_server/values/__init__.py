"""Plain values that every floor above may hold: violations, pages, instants, objects that never change."""
