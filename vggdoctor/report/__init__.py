"""HTML, JSON and terminal forms of an AuditResult."""
