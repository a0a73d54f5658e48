"""Mail: mbox, .eml, maildir, and tables of whole messages."""
