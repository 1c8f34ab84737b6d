"""The page's words in both languages."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "title": ("Sandbox: a TikTok Shop on this machine", "沙盒：本机上的 TikTok Shop"),
    "about": ("Buyers, couriers and the platform, by hand. Nothing here leaves this machine.", "手动扮演买家、物流与平台。这里的一切都不会离开本机。"),
    "consent": ("Let this app work for your shops?", "允许此应用为您的店铺工作？"),
    "consent_text": ("The app will see orders, products, after-sales, messages and statements of the shops you choose.",
                     "应用将能查看所选店铺的订单、商品、售后、消息与结算。"),
    "approve": ("Approve", "同意授权"), "refuse": ("Refuse", "拒绝"),
    "clock": ("Story clock", "故事时钟"), "speed": ("speed", "倍速"), "advance": ("Advance", "快进"), "hour": ("1 hour", "1 小时"), "day": ("1 day", "1 天"),
    "ten_minutes": ("10 min", "10 分钟"), "week": ("1 week", "1 周"), "set": ("Set", "设定"),
    "shops": ("Shops", "店铺"), "shop": ("Shop", "店铺"), "orders": ("Orders", "订单"), "to_ship": ("to ship", "待发货"), "downloads": ("Files", "文件"),
    "all_orders": ("all orders", "全部订单"), "ratings": ("ratings", "评价"),
    "place": ("Place an order", "下单"), "any": ("any", "任意"), "count": ("how many", "数量（单）"), "sku": ("seller SKU", "商家 SKU"),
    "quantity": ("quantity", "件数"), "status": ("Status", "状态"), "flaw": ("flaw", "瑕疵"), "none": ("none", "无"),
    "flaw_unmapped": ("unknown SKU", "未知 SKU"), "flaw_price": ("price far too low", "价格异常低"), "flaw_address": ("incomplete address", "地址不全"),
    "go": ("Place", "下单"), "faults": ("Faults", "故障"), "webhooks": ("webhooks", "推送"), "api": ("API", "接口"), "duplicate": ("duplicate", "重复"),
    "drop": ("drop", "丢失"), "reorder": ("reorder", "乱序"), "delay": ("delay, s", "延迟（秒）"), "error_rate": ("errors", "错误率"),
    "timeout_after_commit": ("answer lost", "应答丢失"), "rate_limit": ("calls per s", "每秒上限"), "expire_tokens": ("expire tokens now", "立即使令牌过期"),
    "newest": ("Newest orders", "最新订单"), "order": ("Order", "订单"), "buyer": ("Buyer", "买家"), "goods": ("Goods", "商品"), "total": ("Total", "金额"),
    "tracking": ("Tracking", "运单号"), "acts": ("Do", "操作"), "cancel": ("Cancel", "申请取消"), "return": ("Return", "退货"), "rate": ("Rate", "评价"),
    "chat": ("Write", "发消息"), "collected": ("Collect", "揽收"), "delivered": ("Deliver", "送达"), "hello": ("Hello, a question about my order.", "您好，想问一下我的订单。"),
    "deliveries": ("Webhook deliveries", "推送记录"), "event": ("Event", "事件"), "address": ("Address", "地址"), "attempts": ("Attempts", "次数"),
    "answer": ("Answer", "应答"), "nothing": ("Nothing yet.", "暂无。"),
}


def say(lang: str, key: str) -> str:
    """Return a word of the page in Chinese or English."""
    return WORDS[key][lang == "zh"]
