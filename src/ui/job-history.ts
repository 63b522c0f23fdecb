// `hc job history`: the versions of a job, newest first.
import type { JobHistoryView, JobVersionView } from '../model/views.js'
import { table } from './table.js'
import { localTime } from './time.js'
import type { Canvas } from './view.js'

/** One line per version. */
export function historyLines(view: JobHistoryView, canvas: Canvas): string[] {
  if (view.versions.length === 0) return ['No versions are kept yet: hc keeps them from the next apply on.']
  return table<JobVersionView>(
    [
      { title: 'VERSION', value: ({ version, present }) => `${version}${present ? ' in force' : ''}` },
      { title: 'APPLIED', value: ({ appliedAt }) => localTime(appliedAt) },
      { title: 'HEALTHY', value: (row) => healthyCell(row) },
      { title: 'IMAGE', value: ({ image }) => image ?? '' },
      { title: 'NOTE', value: ({ revertOf }) => (revertOf === null ? '' : `back to ${revertOf}`) },
    ],
    view.versions,
    canvas.style,
    canvas.columns,
  )
}

function healthyCell({ healthyAt }: JobVersionView) {
  return healthyAt === null
    ? ({ text: 'never', tone: 'warn' } as const)
    : { text: localTime(healthyAt), tone: 'good' as const }
}

/** The version in force was never healthy, and another one was. */
export function wantsRollback({ versions }: JobHistoryView): boolean {
  const bad = versions.some(({ present, healthyAt }) => present && healthyAt === null)
  return bad && versions.some(({ present, healthyAt }) => !present && healthyAt !== null)
}
