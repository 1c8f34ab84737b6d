"""The 45 kinds of webhook (and one legacy): number, name, whose id the envelope carries, what `data` holds."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    type: int
    event: str
    owner: str
    subscribable: bool
    fields: tuple[str, ...]


# Names without a `+` cannot be subscribed to by name: they reach the app's own address only.
TABLE = """
1|ORDER_STATUS_CHANGE+|shop_id|order_id order_status is_on_hold_order update_time
2|REVERSE_STATUS_UPDATE+|shop_id|order_id reverse_event_type reverse_order_id reverse_order_status reverse_type reverse_user update_time
3|RECIPIENT_ADDRESS_UPDATE+|shop_id|order_id update_time
4|PACKAGE_UPDATE+|shop_id|sc_type role_type package_list update_time
5|PRODUCT_STATUS_CHANGE+|shop_id|product_id status suspended_reason update_time
6|SELLER_DEAUTHORIZATION+|shop_id|message
7|UPCOMING_AUTHORIZATION_EXPIRATION+|shop_id|message expiration_time
11|CANCELLATION_STATUS_CHANGE+|shop_id|order_id cancellations_role cancel_status cancel_id create_time
12|RETURN_STATUS_CHANGE+|shop_id|order_id return_role return_type return_status return_id create_time update_time
13|NEW_CONVERSATION+|shop_id|conversation_id create_time
14|NEW_MESSAGE+|shop_id|message_id index conversation_id type content create_time is_visible sender
15|PRODUCT_INFORMATION_CHANGE+|shop_id|product_id change_source changed_fields update_time
16|PRODUCT_CREATION+|shop_id|product_id product_types update_time
17|SHOPPABLE_CONTENT_POSTING|creator_open_id|product_id event
18|PRODUCT_CATEGORY_CHANGE+|shop_id|product_id previous_category_id current_category_id update_time
19|SIZE_CHART_CHANGE|seller_open_id|size_chart_template_id size_chart_template_name event_type update_time
20|CREATOR_DEAUTHORIZATION|creator_open_id|cancel_time
21|INBOUND_FBT_ORDER_STATUS_CHANGE|seller_open_id|inbound_order_id order_status update_time
22|FBT_MERCHANT_ONBOARDING|seller_open_id|onboarded_regions update_time
23|GOODS_MATCH|seller_open_id|match_type product_type goods_id product_id sku_id update_time
24|FBT_INVENTORY_UPDATE|seller_open_id|goods_id sku_id fbt_warehouse_inventory update_time
25|OPPORTUNITY_MATCHING_STATUS_CHANGE|shop_id|external_product_id opportunity_matching_status opportunity_ids opportunity_matching_end_time update_time
27|INVENTORY_STATUS_CHANGE|shop_id|product_id sku_id trigger_reason current_inventory_status inventory_distribution update_time
33|NEW_MESSAGE_LISTENER+|shop_id|index message_id conversation_id msg_type content create_time sender
35|TOKOPEDIA_MIRROR_STATUS_CHANGE|seller_open_id|tts_shop_id update_time mirror_status
36|INVOICE_STATUS_CHANGE+|shop_id|package_id order_ids invoice_status invalid_reason
37|PRODUCT_AUDIT_STATUS_CHANGE+|shop_id|product_id audit integrated_platform_statuses update_time
38|STRIKETHROUGH_PRICE_EXPIRED|shop_id|product_id sku_id
39|ACTIVITY_STATUS_CHANGE|shop_id|activity_id update_time activity_type product_level status
42|COMBINED_LISTING_CHANGE|shop_id|combined_listing_id products status change_type added_product_ids removed_product_ids
46|IMAGE_TRANSLATION_COMPLETED|shop_id|translation_task
50|SKU_STATUS_CHANGE|shop_id|product_id skus update_time
51|GLOBAL_REPLICATION_STATUS_CHANGE|shop_id|source_product_id replicated_product
52|GLOBAL_LISTING_METHOD_CHANGE|seller_open_id|global_product_id local_product_id listing_method
55|VIDEO_PRECHECK_RESULT|creator_open_id|precheck_task_id result issues
56|SAMPLE_APPLICATION_STATUS_CHANGE|shop_id|application_id new_status creator product
58|GET_FBTMCF_ORDER_STATUS|seller_open_id|mcf_order
59|SHOPPABLE_VIDEO_PRECHECK_TASKS_RESULT|creator_open_id|task_id violation_check_result good_quality_check_result
62|PRODUCT_PACKAGE_RECOMMENDED|shop_id|product_id abnormality_types weight_recommendation dimension_recommendation
63|ACTIVITY_CHANGE|shop_id|activity_id update_time change_type product_update_list product_remove_list
64|AFTERSALES_REQUEST_STATUS_UPDATE|shop_id|aftersales_request_id return_role aftersales_request_status aftersales_request_create_time aftersales_request_update_time
65|RMA_STATUS_UPDATE|shop_id|rma_id aftersales_request_id return_role rma_status rma_request_create_time rma_request_update_time
66|APPEAL_COMPLETED|shop_id|appeal_task product_id
67|REFUND_SUCCESS|shop_id|aftersales_request_id line_items refund_currency refund_status refund_timestamp refund_total rma_id
68|INVENTORY_CHANGED|shop_id|event_id occurred_at seller_id product_id sku_id quantity_snapshot_after_change change_detail
71|INVENTORY_CHANGED_BY_SHOP|shop_id|event_id occurred_at shop_id product_id sku_id quantity_snapshot_after_change change_detail
"""  # noqa: E501
LEGACY = 2


def read_kind(row: str) -> Kind:
    number, event, owner, fields = row.split("|")
    return Kind(int(number), event.removesuffix("+"), owner, event.endswith("+"), tuple(fields.split()))


KINDS: dict[str, Kind] = {kind.event: kind for kind in map(read_kind, TABLE.strip().splitlines())}
BY_TYPE: dict[int, Kind] = {kind.type: kind for kind in KINDS.values()}
