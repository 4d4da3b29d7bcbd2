;; A-19 expects GUEST_IMPORT_DENIED
(component
  (import "wasi:cli/stderr@0.2.6" (instance)))
