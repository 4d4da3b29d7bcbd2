;; A-20 expects GUEST_IMPORT_DENIED
;; A text of a gibibyte for the host's log: there is no log.
(component
  (import "log" (func (param "text" string))))
