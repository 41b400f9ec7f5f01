{{/* What a selector may rest on: never changes within a release. */}}
{{- define "flagstaff-operator.selector" -}}
app.kubernetes.io/name: flagstaff-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels of every object. */}}
{{- define "flagstaff-operator.labels" -}}
{{ include "flagstaff-operator.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: operator
app.kubernetes.io/part-of: flagstaff
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* The operator's own image. A registry that is named replaces the one in the repository, as the operator does for the agents' images. */}}
{{- define "flagstaff-operator.image" -}}
{{- $repository := .Values.image.repository -}}
{{- with .Values.image.registry -}}
{{- $repository = printf "%s/%s" (trimSuffix "/" .) (regexReplaceAll "^[^/]+/" $.Values.image.repository "") -}}
{{- end -}}
{{- printf "%s:%s" $repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- with .Values.image.digest -}}{{ printf "@%s" . }}{{- end -}}
{{- end }}

{{/* Hosts that are reached without the proxy: the cluster's own, always. */}}
{{- define "flagstaff-operator.proxyExceptions" -}}
{{- concat (list "localhost" "127.0.0.1" "$(KUBERNETES_SERVICE_HOST)" ".svc" ".cluster.local") .Values.proxy.except | join "," -}}
{{- end }}
