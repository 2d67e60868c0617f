"""The burden ledger per village and month: what was asked of it, and the minutes that stand."""

from dukao.gate.published.tables import PublishedColumn, PublishedTable

BURDEN = PublishedTable(
    name="burden_month",
    title="村（社区）负担账月度数据",
    grain="村（社区）× 月",
    columns=(
        PublishedColumn("burden_minutes", "基层被占用的时间", "Time asked of the grass roots", "分钟", 2,
                        "当月记在账上的分钟：有实测的用实测，没有的用估算；撤回的不计；含本平台自身"),
        PublishedColumn("burden_demands", "收到的任务", "Demands received", "件次", 0,
                        "当月落到本村的任务件次，不含本平台自身"),
        PublishedColumn("burden_visits", "接受的检查", "Inspections received", "次", 0, "当月到场的检查次数"),
        PublishedColumn("burden_meetings", "参加的会议", "Meetings attended", "次", 0, "当月要求参加的会议次数"),
        PublishedColumn("burden_documents", "收到的文件", "Documents received", "件", 0, "当月收到的文件件数"),
    ),
    select="""
SELECT u.code,
  COALESCE(SUM(COALESCE(e.measured_hundredths, e.minutes_hundredths)), 0),
  COUNT(CASE WHEN e.kind <> 'platform' THEN 1 END),
  COUNT(CASE WHEN v.arrived_at IS NOT NULL AND v.mode <> 'remote' THEN 1 END),
  COUNT(CASE WHEN e.kind = 'meeting' THEN 1 END), COUNT(CASE WHEN e.kind = 'document' THEN 1 END)
FROM org_unit u
LEFT JOIN gate_burdenentry e ON e.unit_id = u.id AND e.month = %(month)s AND e.given_back_at IS NULL
LEFT JOIN gate_visit v ON v.demand_id = e.demand_id
WHERE u.level = 5 AND u.valid_to IS NULL
GROUP BY u.code ORDER BY u.code
""",
)  # fmt: skip
