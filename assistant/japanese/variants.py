"""Old and variant forms of kanji, and the form that each is folded into for search.

The pairs of old and new forms are those of the 常用漢字表 (the 康熙字典体 behind a character) and
of the 人名用漢字 (別表第二). The groups are variants usual in the names of people and places, and
pairs that come of changes in the JIS tables (鴎 and 鷗). Characters that stand for different words
or families are kept apart: 斎 and 斉, 畑 and 畠, 杉 and 椙.
"""

_OLD = (
    "亞惡壓圍爲醫壹隱榮營衞驛圓鹽緣艷應歐毆櫻奧橫溫穩假價畫會繪壞懷槪擴殼覺學嶽樂渴罐卷陷勸寬關歡觀"
    "氣歸僞戲犧舊據擧虛峽挾狹鄕曉區驅勳薰徑莖惠揭溪經螢輕繼鷄藝擊缺硏縣儉劍險圈檢獻權顯驗嚴戶吳娛廣效"
    "恆黃鑛號國黑碎濟齋劑雜參棧蠶慘贊殘絲齒兒辭濕實寫釋壽收從澁獸縱肅處緖敍將稱涉燒證奬條狀乘淨剩疊繩"
    "壤孃讓釀觸囑眞寢愼盡圖粹醉穗隨髓樞數瀨聲靜齊攝竊專戰淺潛纖踐錢禪雙壯搜插巢曾瘦爭莊總騷增藏臟卽屬"
    "續墮對體帶滯臺瀧擇澤單擔膽團彈斷癡遲晝蟲鑄廳徵聽敕鎭遞鐵點轉傳燈黨盜稻鬭德獨讀屆貳惱腦霸拜廢賣麥"
    "發髮拔晚蠻祕濱甁拂佛倂竝餠邊變辨瓣辯步寶豐襃飜每萬滿麵默戾彌藥譯與豫餘譽搖樣謠來賴亂覽龍兩獵綠淚"
    "壘勵禮隸靈齡曆歷戀鍊爐勞樓錄灣淸靑晉瑤祿凉凜熈巖藪蘆"
)
_NEW = (
    "亜悪圧囲為医壱隠栄営衛駅円塩縁艶応欧殴桜奥横温穏仮価画会絵壊懐概拡殻覚学岳楽渇缶巻陥勧寛関歓観"
    "気帰偽戯犠旧拠挙虚峡挟狭郷暁区駆勲薫径茎恵掲渓経蛍軽継鶏芸撃欠研県倹剣険圏検献権顕験厳戸呉娯広効"
    "恒黄鉱号国黒砕済斎剤雑参桟蚕惨賛残糸歯児辞湿実写釈寿収従渋獣縦粛処緒叙将称渉焼証奨条状乗浄剰畳縄"
    "壌嬢譲醸触嘱真寝慎尽図粋酔穂随髄枢数瀬声静斉摂窃専戦浅潜繊践銭禅双壮捜挿巣曽痩争荘総騒増蔵臓即属"
    "続堕対体帯滞台滝択沢単担胆団弾断痴遅昼虫鋳庁徴聴勅鎮逓鉄点転伝灯党盗稲闘徳独読届弐悩脳覇拝廃売麦"
    "発髪抜晩蛮秘浜瓶払仏併並餅辺変弁弁弁歩宝豊褒翻毎万満麺黙戻弥薬訳与予余誉揺様謡来頼乱覧竜両猟緑涙"
    "塁励礼隷霊齢暦歴恋錬炉労楼録湾清青晋瑶禄涼凛熙巌薮芦"
)

# The form that is folded into, then its variants.
_GROUPS = (
    "高髙 崎﨑嵜 辺邉 島嶋嶌 浜濵 斉亝 斎齎 淵渕 館舘 桑桒 吉𠮷 峰峯 富冨 槙槇 柳栁桺 "
    "橋槗 国圀囯 野埜 秋穐龝 松枩柗 村邨 園薗 花芲 昇曻 剣釼劔劒 達逹 遥遙 郎郞 鉄鐡鉃 "
    "鶴靏靍 鳳鳯 萌萠 留畄畱 珍珎 駆駈 群羣 隣鄰 当當 略畧 顔顏 飲飮 間閒 鎌鐮 讃讚 壺壷 "
    "籠篭 騨驒 諫諌 靱靭 鯵鰺 鴎鷗 麹麴 檜桧 祷禱 頬頰 填塡 剥剝 叱𠮟 蝉蟬 掻搔 繋繫 噛嚙 "
    "箪簞 焔焰 屏屛 醤醬 倶俱 呑吞 嘘噓 姫姬 尭堯 涛濤 涜瀆 溌潑 潅灌 砺礪 莱萊 蒋蔣 侠俠 "
    "躯軀 梼檮 繍繡 蛎蠣 禰祢 邇迩 皐皋 并幷 鹸鹼 闘鬪 姉姊 暖煖 衆眾 熙煕凞 朗朖 爾尓 "
    "亀龜 聡聰 船舩 鬱欝"
)

FORMS = {
    **dict(zip(_OLD, _NEW, strict=True)),
    **{variant: group[0] for group in _GROUPS.split() for variant in group[1:]},
}
"""Variant → the form it is folded into, which is itself no variant."""
