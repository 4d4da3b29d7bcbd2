;; A-28 expects GUEST_IMPORT_DENIED
(component
  (import "evil:host/api@1.2.3" (instance (export "run" (func (param "command" string) (result string))))))
