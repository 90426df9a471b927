module accord

go 1.26
