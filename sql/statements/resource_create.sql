-- Adds resources. One whose unique value is taken has no row in the answer, and the others are added.
with {{made}}
), {{made_rows}}
