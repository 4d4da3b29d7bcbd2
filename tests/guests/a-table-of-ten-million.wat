;; A-07 expects GUEST_MEMORY
(module
  (table 10000000 funcref))
