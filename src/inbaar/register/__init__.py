"""The arrears register: an arrear is reported, its debtor has fourteen days, it is entered, and forgotten once it is settled."""
