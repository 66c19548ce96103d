"""What people see: tables, figures, the page, and the generated parts of the README."""
