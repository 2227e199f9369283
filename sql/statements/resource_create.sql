-- Makes resources. One whose unique value is taken gets no row in the answer, and the others are made.
with {{made}}
), {{made_rows}}
