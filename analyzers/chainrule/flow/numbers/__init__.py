"""What numbers a value can hold, and where those make a gradient NaN, infinite or zero."""
