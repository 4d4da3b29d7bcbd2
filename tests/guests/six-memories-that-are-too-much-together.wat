;; A-05 expects GUEST_MEMORY
;; Each is allowed alone.
(module
  (memory (export "memory") 992)
  (memory 992) (memory 992) (memory 992) (memory 992) (memory 992))
