;; A-27 expects GUEST_IMPORT_DENIED
;; `exit(0)` would end the guest as if all were well.
(component
  (import "wasi:cli/exit@0.2.6" (instance
    (export "exit" (func (param "status" (result)))))))
