"""Whether Chinese is written in traditional characters. Pure."""

from typing import Final

# Common characters that are written otherwise in the other way of writing, pair by pair.
_TRADITIONAL: Final = frozenset(
    "們這個為麼嗎說時會來對國學從還後過與開關長問題電話發現實無樣種應該當點動機業數據聯網體臺灣幾誰請讓給經錢買賣車東語"
    "華書見親覺觀認識讀調變邊運進遠選遲醫錄鐵門間隊陽險雖離難雲頁項順須預領頭類願風飛館馬驗魚鳥黃齊龍萬歲條員貝財貨費貴"
    "質賽軍農專將導師歸億優傳價內兩劃劉創勞勝區協單衛廠廳歷縣參雙號啟園圍圖團塊報場壓處備復夢夠奮婦媽嬰學寫寶審層屬島"
    "嶺幣帶幫幹廣庫徑徵憂懷態慣慶憑戰戲戶擇擊擔據擴敗敵斷於舊曆極構標樹橋權歡歐歲殺氣漢決況沒沖淚淨測濟濤濱爾狀獨獎環"
    "產畫異療盡監盤眾確碼禮禍禪稅穩積窮競筆節範築簡籃籌類糧約紅紀純紙級線組細終結統絲繼續維緊總績織職聖聲聽腦臉臨舉舊"
    "艦艱藝藥蘇蘭處虛蟲術衝裝補製複規視計訂訊討訓記許訴診註試詩詳語誤課談諸講證譯議護豐貓負責貸資贊趕跡踐較載輕輛輪輸"
    "農適遺鄉郵鄰釋針鋼錯鍵鎮鏡鐘鑽閃閉閱阻陣陰陳陸隨隱雞電靈靜響頂頓顧顯飯飲養餐駐騎騙驚鬥鮮鹽麗麥麵"
)
_SIMPLIFIED: Final = frozenset(
    "们这个为么吗说时会来对国学从还后过与开关长问题电话发现实无样种应该当点动机业数据联网体湾几谁请让给经钱买卖车东语"
    "华书见亲觉观认识读调变边运进远选迟医录铁门间队阳险虽离难页项顺须预领头类愿风飞馆马验鱼鸟黄齐龙万岁条员贝财货费贵"
    "质赛军农专将导师归亿优传价两刘创劳胜区单卫厂厅县双号园图团块报场压备梦够妇妈写宝层属岛币带帮广库战戏择击担旧极构标"
    "树桥权欢欧杀气汉决况净测济状独环产画异疗尽监盘众确码礼税稳积穷竞笔节简粮约红纪纯纸级线组细终结统继续维紧总织职圣"
    "声听脑脸举艺药苏兰虫术装补规视计订讯讨训记许诉诊试诗详误课谈诸讲证译议护丰猫负责贷资赶轻辆轮输适遗乡邮邻释针钢错键"
    "镇镜钟闪闭阅阵阴陈陆随隐鸡灵静响顶顿顾显饭饮养骑骗惊鲜盐丽麦"
)
_ONLY_TRADITIONAL: Final = _TRADITIONAL - _SIMPLIFIED
_ONLY_SIMPLIFIED: Final = _SIMPLIFIED - _TRADITIONAL


def is_traditional(text: str) -> bool:
    """Whether more characters are of the traditional kind alone than of the simplified."""
    traditional = sum(character in _ONLY_TRADITIONAL for character in text)
    return traditional > sum(character in _ONLY_SIMPLIFIED for character in text)
