{{/* What a selector may rest on: never changes within a release. */}}
{{- define "flagstaff-hub.selector" -}}
app.kubernetes.io/name: flagstaff-hub
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels of every object. */}}
{{- define "flagstaff-hub.labels" -}}
{{ include "flagstaff-hub.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: hub
app.kubernetes.io/part-of: flagstaff
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* An image; a registry that is named replaces the one in the repository. */}}
{{- define "flagstaff-hub.from" -}}
{{- $image := .image -}}
{{- with .registry -}}
{{- $image = printf "%s/%s" (trimSuffix "/" .) (regexReplaceAll "^[^/]+/" $image "") -}}
{{- end -}}
{{- $image -}}
{{- end }}

{{/* The hub's own image. */}}
{{- define "flagstaff-hub.image" -}}
{{- include "flagstaff-hub.from" (dict "image" .Values.image.repository "registry" .Values.image.registry) -}}
{{- printf ":%s" (.Values.image.tag | default .Chart.AppVersion) -}}
{{- with .Values.image.digest -}}{{ printf "@%s" . }}{{- end -}}
{{- end }}

{{/* The host of the public URL. */}}
{{- define "flagstaff-hub.host" -}}
{{- regexReplaceAll "^https://([^/:]+).*$" .Values.publicUrl "${1}" -}}
{{- end }}

{{/* Whether a pod keeps something that must not be lost with it. */}}
{{- define "flagstaff-hub.keeps" -}}
{{- if or .Values.database.bundled.create (not .Values.keys.secretName) -}}true{{- end -}}
{{- end }}
