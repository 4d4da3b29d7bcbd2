;; A-04 expects GUEST_MEMORY
(module
  (memory (export "memory") 65536))
